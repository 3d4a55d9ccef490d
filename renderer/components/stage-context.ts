/** How a picture finds the stage that draws it. */
import { createContext } from 'svelte';
import type { FieldStage } from '../scenes/field-stage.ts';

const [getStage, setStage] = createContext<() => FieldStage | null>();

export { getStage, setStage };
