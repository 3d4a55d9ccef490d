/** Deletes with a way back: what is deleted is gone from the window at once and from the disk a little later. */
import type { App } from './app.svelte.ts';

const graceMilliseconds = 8000;

export function removeWithUndo(app: App, id: string, name: string, remove: () => Promise<unknown>): void {
  let undone = false;
  app.catalogue.hide(id);
  const notice = app.notices.tell(`“${name}” is being deleted.`, {
    label: 'Undo',
    run: () => {
      undone = true;
      app.catalogue.reveal(id);
    },
  });
  setTimeout(async () => {
    if (undone) return;
    app.notices.dismiss(notice);
    const removed = await app.attempt(remove());
    if (removed !== null) app.forget(id);
    await app.attempt(app.catalogue.refresh());
    app.catalogue.reveal(id);
  }, graceMilliseconds);
}
