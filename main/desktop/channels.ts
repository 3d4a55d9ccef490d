/** Every message between preload and main process; nothing else is ever sent. */
export const channels = {
  /** Carries one end of a MessageChannel for the contract. */
  contractPort: 'driftcast:contract-port',
  /** A path that the preload read off a dropped file → token. */
  fileToken: 'driftcast:file-token',
  chooseFiles: 'driftcast:choose-files',
  saveDownload: 'driftcast:save-download',
  /** Light, dark or as the system is. */
  theme: 'driftcast:theme',
  /** The other way: a command from the menu. */
  command: 'driftcast:command',
} as const;
