/** The address of a PostgreSQL database, which may hold a password. Pure. */

/** Throws an Error that says what to write, without what was given. */
export function parseDatabaseUrl(given: string | undefined): URL | undefined {
  if (given === undefined) return undefined;
  const parsed = URL.canParse(given) ? new URL(given) : undefined;
  if (!parsed || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.pathname.length < 2) {
    throw new Error(
      'Write an address like postgres://podium:PASSWORD@db.example:5432/podium, with %40 for an @ in the password.',
    );
  }
  return parsed;
}

/** The database's name and machine, for people: neither user nor password. */
export function describeDatabase(url: URL): string {
  const host = url.searchParams.get('host') ?? url.host;
  return `database "${decodeURIComponent(url.pathname.slice(1))}" at ${host || 'localhost'}`;
}
