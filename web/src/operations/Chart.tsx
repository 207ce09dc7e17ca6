import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { texts } from "../texts";

export interface Line {
  name: string;
  colour: string; // name of a CSS variable
  fill?: boolean;
  values: (number | null)[];
}

interface Props {
  title: string;
  times: number[];
  lines: Line[];
  format: (value: number) => string;
}

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const HEIGHT = 190;

// The variables use light-dark(…), which a canvas does not support.
function resolved(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color || css(name);
}

export function Chart({ title, times, lines, format }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const show = useRef(format);
  const names = lines.map((line) => `${line.name}|${line.colour}`).join();

  useEffect(() => {
    const node = box.current;
    if (!node) return undefined;
    const make = () => {
      plot.current?.destroy();
      const axis = { stroke: resolved("--soft"), grid: { stroke: resolved("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
      plot.current = new uPlot(
        {
          width: node.clientWidth,
          height: HEIGHT,
          legend: { show: false },
          cursor: { y: false, points: { size: 7 } },
          scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1)] } },
          axes: [
            { ...axis, space: 80 },
            { ...axis, size: 58, values: (_, splits) => splits.map((value) => show.current(value)) },
          ],
          series: [
            {},
            ...names.split(",").map((name) => {
              const [, colour = "--accent"] = name.split("|");
              const stroke = resolved(colour);
              return { stroke, width: 2, spanGaps: true, points: { show: false } };
            }),
          ],
        },
        [[], ...names.split(",").map(() => [])],
        node,
      );
    };
    make();
    const resize = new ResizeObserver(() => plot.current?.setSize({ width: node.clientWidth, height: HEIGHT }));
    resize.observe(node);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", make);
    const theme = new MutationObserver(make);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      resize.disconnect();
      theme.disconnect();
      scheme.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [names]);

  useEffect(() => {
    show.current = format;
    plot.current?.setData([times, ...lines.map((line) => line.values)]);
  });

  const last = (line: Line) => {
    const value = line.values.findLast((one): one is number => one !== null);
    return value === undefined ? "–" : format(value);
  };
  const now = lines.map((line) => `${line.name} ${last(line)}`).join(", ");
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        <span className="legend">
          {lines.map((line) => (
            <span key={line.name} className={`key ${line.colour.replaceAll("-", "")}`}>
              {line.name} <strong>{last(line)}</strong>
            </span>
          ))}
        </span>
      </figcaption>
      <div ref={box} role="img" aria-label={texts.operations.chart(title, now)} />
    </figure>
  );
}
