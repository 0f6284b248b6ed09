import { pauseImage } from '../part-configuration.ts';
import { pins } from '../pins.ts';

/** Names of the images that the system services run from; made by `deploy/images`. */
export const systemImages = {
  pause: pauseImage,
  coredns: `podium.dev/coredns:${pins.coredns}`,
  metricsServer: `podium.dev/metrics-server:${pins.metricsServer}`,
  localPathProvisioner: `podium.dev/local-path-provisioner:${pins.localPathProvisioner}`,
};
