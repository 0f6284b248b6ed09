/** JSON for a `<script type="application/json">`: nothing in it can end the element or begin a comment. */
export function asScriptData(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
