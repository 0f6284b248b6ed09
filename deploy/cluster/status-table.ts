import type { ClusterStatus } from './cluster.ts';

/** The status as a table for people. Pure. */
export function formatStatus(status: ClusterStatus): string {
  const heading = `Cluster "${status.name}": ${status.phase}`;
  if (status.parts.length === 0) return heading;
  const rows = [
    ['PART', 'VERSION', 'STATE', 'PID', 'UPTIME', 'MEMORY', 'RESTARTS'],
    ...status.parts.map((part) => [
      part.name,
      part.version,
      part.isRunning ? 'running' : 'waiting',
      part.isRunning ? String(part.pid) : '-',
      part.isRunning ? formatDuration(part.uptimeSeconds) : '-',
      part.isRunning ? `${Math.round(part.memoryBytes / 1024 ** 2)} MiB` : '-',
      String(part.restarts),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  // No instance gets ready before two pods of its own have shown it.
  const wall = status.phase === 'ready' ? ['Network policies: proved at its start'] : [];
  const where = status.apiServer === undefined ? [] : [status.apiServer, `KUBECONFIG=${status.kubeconfigPath}`];
  return [heading, ...where, ...wall, '', ...lines].join('\n');
}

/** Two units are enough for a look. Pure. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}
