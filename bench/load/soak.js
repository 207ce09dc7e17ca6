// The mix of mix.js for an hour at RATE, to see whether memory and latencies stay as they are:
//   k6 run -e URL=http://127.0.0.1:8000 -e RATE=30 bench/load/soak.js
import mix, { options as short, setup } from './mix.js';

const [ramp, steady] = short.scenarios.mix.stages;

export const options = {
  ...short,
  scenarios: {
    mix: { ...short.scenarios.mix, stages: [ramp, { ...steady, duration: __ENV.DURATION || '1h' }] },
  },
};

export { setup };
export default mix;
