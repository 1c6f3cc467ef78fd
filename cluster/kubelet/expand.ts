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
