/** Topic `jobs`: what runs and ran, and stopping it. */
import type { Core } from './core.ts';

export function jobsTopic({ os, jobs }: Core) {
  return {
    list: os.jobs.list.handler(() => jobs.list()),
    get: os.jobs.get.handler(({ input }) => jobs.get(input.job)),
    watch: os.jobs.watch.handler(({ input, signal }) => jobs.watch(input.job, signal)),
    watchAll: os.jobs.watchAll.handler(({ signal }) => jobs.watchAll(signal)),
    cancel: os.jobs.cancel.handler(({ input }) => {
      jobs.get(input.job);
      jobs.cancel(input.job);
      return {};
    }),
  };
}
