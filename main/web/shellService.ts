/** What the browser shell needs of the service: all that the page can reach, and nothing more. */
import type { Router } from '@orpc/server';
import type { CallContext } from '#main/service/core.ts';
import type { Service } from '#main/service/service.ts';

export interface ShellService extends Pick<Service, 'resolveField' | 'receiveUpload' | 'resolveDownload'> {
  // biome-ignore lint/suspicious/noExplicitAny: the router's own type parameter, whatever the contract is
  router: Router<any, CallContext>;
}
