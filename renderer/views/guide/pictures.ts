/** The pictures of the documents, under the addresses that they have in the app. */
const pictures = import.meta.glob<string>('../../../resources/docs/pictures/*.png', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** For `pictures/globe-light.png`, as a document names it, the picture that fits the theme; empty where there is none. */
export function pictureAddress(href: string, dark: boolean): string {
  const found = (name: string) => pictures[`../../../resources/docs/${name}`];
  return (dark && found(href.replace(/-light\.png$/, '-dark.png'))) || (found(href) ?? '');
}
