/** The pictures of the documents, under the addresses that they have in the app. */
const pictures = import.meta.glob<string>('../../../resources/docs/pictures/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** `pictures/globe.png`, as a document names it; empty where there is none. */
export function pictureAddress(href: string): string {
  return pictures[`../../../resources/docs/${href}`] ?? '';
}
