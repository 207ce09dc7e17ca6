import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { texts } from "../texts";

export interface Line {
  name: string;
  colour: string; // name of a CSS variable
  spans?: boolean; // drawn across the times without a value
  values: (number | null)[];
}

// A moment that is marked by a vertical line.
export interface Mark {
  at: number; // seconds
  colour: string; // name of a CSS variable
}

interface Props {
  title: string;
  times: number[];
  marks: Mark[];
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

function drawMarks(plot: uPlot, marks: Mark[]) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([4, 4]);
  ctx.lineWidth = 1;
  for (const mark of marks) {
    const x = Math.round(plot.valToPos(mark.at, "x", true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = resolved(mark.colour);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

export function Chart({ title, times, marks, lines, format }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const show = useRef(format);
  const shownMarks = useRef(marks);
  const names = lines.map((line) => `${line.name}|${line.colour}|${line.spans ?? false}`).join();

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
          hooks: { draw: [(drawn) => drawMarks(drawn, shownMarks.current)] },
          scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1)] } },
          axes: [
            { ...axis, space: 80 },
            { ...axis, size: 58, values: (_, splits) => splits.map((value) => show.current(value)) },
          ],
          series: [
            {},
            ...names.split(",").map((name) => {
              const [, colour = "--accent", spans] = name.split("|");
              const stroke = resolved(colour);
              return { stroke, width: 2, spanGaps: spans === "true", points: { show: false } };
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
    shownMarks.current = marks;
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
