/** What the desktop shell needs of the service. */
import type { Router } from '@orpc/server';
import type { CallContext } from '#main/service/core.ts';
import type { Service } from '#main/service/service.ts';

export interface DesktopService
  extends Pick<
    Service,
    'client' | 'resolveField' | 'tokenForPath' | 'saveDownload' | 'downloadName' | 'close'
  > {
  // biome-ignore lint/suspicious/noExplicitAny: the router's own type parameter, whatever the contract is
  router: Router<any, CallContext>;
}
