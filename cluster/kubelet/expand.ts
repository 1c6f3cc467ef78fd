/**
 * Replaces `$(NAME)` by the variable's value, as in `env`, `command` and `args`. `$$(NAME)` stays `$(NAME)`;
 * an unknown name stays as it is written.
 */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables[name] ?? whole;
  });
}

/** The references in `text` that lead to nothing, or to a variable that is empty. */
export function unresolved(text: string, variables: Readonly<Record<string, string>>): string[] {
  const names = text.matchAll(/\$(?:\$|\(([^()]*)\))/g).flatMap(([, name]) => (name === undefined ? [] : [name]));
  return [...new Set(names)].filter((name) => !variables[name]).toSorted();
}
