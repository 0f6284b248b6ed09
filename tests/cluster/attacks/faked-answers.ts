/** What a check hears from a cluster that an attacker plays: the version, and a note that says just that. Pure. */

export const fakeVersion = 'v1.99.0';
const version = JSON.stringify({ major: '1', minor: '99', gitVersion: fakeVersion });
const notes = JSON.stringify({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'notes', namespace: 'default' },
  data: { server: fakeVersion },
});
const versions = JSON.stringify({ kind: 'APIVersions', versions: ['v1'] });
const groups = JSON.stringify({ kind: 'APIGroupList', apiVersion: 'v1', groups: [] });
const resources = JSON.stringify({
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [{ name: 'configmaps', singularName: 'configmap', namespaced: true, kind: 'ConfigMap', verbs: ['get'] }],
});

/** A program that answers in kubectl's place. */
export const fakeKubectl = `#!/bin/sh
case "$*" in *version*) echo '${version}' ;; *) echo '${notes}' ;; esac
`;

/** An API server in a few lines of Perl, on the loopback of the pod. */
export const fakeApiServer = `use IO::Socket::INET;
my @answers = (['/version', '${version}'], ['/configmaps', '${notes}'], ['/apis', '${groups}'], ['/api/v1', '${resources}'], ['/api', '${versions}']);
my $all = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 8001, Listen => 20, ReuseAddr => 1) or die;
while (my $one = $all->accept) {
  my $first = <$one>;
  while (my $line = <$one>) { last if $line =~ /^\\r?\\n$/ }
  my $body = '{}';
  for (@answers) { if (index($first, $_->[0]) >= 0) { $body = $_->[1]; last } }
  print $one "HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nConnection: close\\r\\nContent-Length: " . length($body) . "\\r\\n\\r\\n$body";
  close $one;
}
`;
