// Names and values; a value that is missing or empty is left out with its name.
export function Facts({ className, facts }: { className: string; facts: [name: string, value: string | null | undefined][] }) {
  return (
    <dl className={className}>
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
