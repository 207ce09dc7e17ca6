const BAR = 8;
const GAP = 2;
const HEIGHT = 40;

interface Props {
  weeks: number[]; // the oldest first
  latest: number; // how many of them are of the window
  label: string;
}

// A bar for each week; those of the window stand out.
export function WeekBars({ weeks, latest, label }: Props) {
  const most = Math.max(...weeks, 1);
  return (
    <svg className="week-bars" viewBox={`0 0 ${weeks.length * BAR} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {weeks.map((count, index) => {
        const height = Math.max((count / most) * HEIGHT, 1);
        return <rect key={index} className={index >= weeks.length - latest ? "now" : undefined} x={index * BAR} y={HEIGHT - height} width={BAR - GAP} height={height} />;
      })}
    </svg>
  );
}
