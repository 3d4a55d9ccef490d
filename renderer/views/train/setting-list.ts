/** The training settings in the order and the groups in which people meet them, each with its one line. */
import { methodFacts } from '#shared/domain/methods.ts';
import { type TrainableMethod, trainableMethods } from '#shared/domain/settings.ts';
import type { TermName } from '../../text/terms.ts';
import { fineTuningSettings, noiseSettings, perturbationSettings } from './method-settings.ts';

interface SettingBase {
  path: string;
  label: string;
  help: string;
  /** Its entry in the glossary. */
  term?: TermName;
}
export type Setting =
  | (SettingBase & { kind: 'number'; min: number; max?: number; step?: number | 'any'; nullable?: boolean })
  | (SettingBase & { kind: 'choice'; options: readonly string[] })
  | (SettingBase & { kind: 'switch' });

export interface SettingGroup {
  title: string;
  /** Methods that have these settings; left out: all. */
  methods?: readonly TrainableMethod[];
  /** What the group as a whole is about: its entry in the glossary, with the words that open it. */
  about?: { term: TermName; words: string };
  settings: readonly Setting[];
}

function stage(name: 'interpolator' | 'forecaster'): Setting[] {
  return [
    {
      kind: 'number',
      path: `${name}.epochs`,
      label: 'Epochs',
      help: 'Passes over all training examples.',
      term: 'epoch',
      min: 1,
      step: 1,
    },
    {
      kind: 'number',
      path: `${name}.maxSeconds`,
      label: 'At most, seconds',
      help: 'Ends the stage after this time; empty: no limit.',
      min: 1,
      nullable: true,
    },
    {
      kind: 'number',
      path: `${name}.learningRate`,
      label: 'Learning rate',
      help: 'Size of an optimiser step (AdamW).',
      min: 0,
      step: 'any',
    },
    {
      kind: 'number',
      path: `${name}.weightDecay`,
      label: 'Weight decay',
      help: 'Pull of the weights towards zero.',
      min: 0,
      step: 'any',
    },
    {
      kind: 'number',
      path: `${name}.batchSize`,
      label: 'Batch size',
      help: 'Examples in one step; less needs less memory.',
      min: 1,
      step: 1,
    },
    {
      kind: 'number',
      path: `${name}.accumulation`,
      label: 'Accumulation',
      help: 'Batches gathered before the weights change.',
      min: 1,
      step: 1,
    },
    {
      kind: 'number',
      path: `${name}.dropout.block`,
      label: 'Dropout',
      help:
        name === 'interpolator'
          ? 'Makes the interpolator, and so the ensemble, stochastic.'
          : 'Share of features left out while training.',
      ...(name === 'interpolator' && { term: 'dropout-at-inference' }),
      min: 0,
      max: 0.95,
      step: 'any',
    },
    {
      kind: 'number',
      path: `${name}.dropout.firstBlock`,
      label: 'Dropout, first block',
      help: 'In the first residual block (U-Net only).',
      min: 0,
      max: 0.95,
      step: 'any',
    },
    {
      kind: 'number',
      path: `${name}.dropout.attention`,
      label: 'Dropout, attention',
      help: 'In the attention layers (U-Net only).',
      min: 0,
      max: 0.95,
      step: 'any',
    },
    {
      kind: 'number',
      path: `${name}.gradientClip`,
      label: 'Gradient clip',
      help: 'Largest gradient norm; empty: no limit.',
      min: 0,
      step: 'any',
      nullable: true,
    },
    {
      kind: 'choice',
      path: `${name}.loss`,
      label: 'Loss',
      help: 'L1: absolute, L2: squared error.',
      term: 'loss',
      options: ['l1', 'l2'],
    },
    {
      kind: 'choice',
      path: `${name}.schedule`,
      label: 'Rate over time',
      help: 'Constant, or falling along a cosine.',
      options: ['constant', 'cosine'],
    },
    {
      kind: 'number',
      path: `${name}.weightAverage`,
      label: 'Weight average',
      help: 'Decay of the running mean of the weights used for forecasts; 0: none.',
      min: 0,
      max: 0.9999,
      step: 'any',
    },
  ];
}

const settingGroups: readonly SettingGroup[] = [
  {
    title: 'Method',
    settings: [
      {
        kind: 'choice',
        path: 'method',
        label: 'Method',
        help: trainableMethods.map((name) => methodFacts[name].title).join(', '),
        options: trainableMethods,
      },
    ],
  },
  {
    title: 'Network',
    settings: [
      {
        kind: 'choice',
        path: 'network.kind',
        label: 'Network',
        help: 'unet_resnet: sea surface temperature; unet_simple: flow; simple_conv_net: small grids.',
        options: ['unet_resnet', 'unet_simple', 'simple_conv_net'],
      },
      {
        kind: 'number',
        path: 'network.dim',
        label: 'Width',
        help: 'Features at the first level; time grows with its square.',
        min: 4,
        step: 1,
      },
      {
        kind: 'switch',
        path: 'network.predictsChange',
        label: 'Predict changes',
        help: 'Add the output to the initial condition (the interpolator: to the line between both frames); not in the paper.',
      },
    ],
  },
  {
    title: 'Interpolator',
    methods: ['dyffusion'],
    about: { term: 'interpolator', words: 'What the interpolator does' },
    settings: stage('interpolator'),
  },
  {
    title: 'Forecaster',
    about: { term: 'forecaster', words: 'What the forecaster does' },
    settings: stage('forecaster'),
  },
  { title: 'Fine-tuning', methods: ['crps-ensemble'], settings: fineTuningSettings },
  { title: 'Noise', methods: ['ddpm', 'mcvd'], settings: noiseSettings },
  { title: 'Perturbation', methods: ['perturbation'], settings: perturbationSettings },
  {
    title: 'Diffusion',
    methods: ['dyffusion'],
    settings: [
      {
        kind: 'choice',
        path: 'diffusion.schedule',
        label: 'Schedule',
        help: 'Where extra diffusion steps lie between data steps.',
        options: ['before_t1_only', 'linear'],
      },
      {
        kind: 'number',
        path: 'diffusion.auxiliarySteps',
        label: 'Auxiliary steps k',
        help: 'Extra steps before the first data step: more spread, more time.',
        term: 'auxiliary-steps',
        min: 0,
        step: 1,
      },
      {
        kind: 'choice',
        path: 'diffusion.conditioning',
        label: 'Conditioning',
        help: 'What the forecaster also sees: the start, the start with noise, or nothing.',
        options: ['none', 'data', 'data+noise'],
      },
      {
        kind: 'choice',
        path: 'diffusion.timeEncoding',
        label: 'Time encoding',
        help: 'How the diffusion step is told to the network.',
        options: ['dynamics', 'discrete', 'normalized'],
      },
      {
        kind: 'number',
        path: 'diffusion.lambda1',
        label: 'Weight λ₁',
        help: 'Of the error of the direct forecast.',
        min: 0,
        step: 'any',
      },
      {
        kind: 'number',
        path: 'diffusion.lambda2',
        label: 'Weight λ₂',
        help: 'Of the error after one more step of the sampler.',
        min: 0,
        step: 'any',
      },
      {
        kind: 'choice',
        path: 'diffusion.sampling',
        label: 'Sampling',
        help: 'Cold: corrects the interpolator’s own error (algorithm 2).',
        term: 'cold-sampling',
        options: ['cold', 'naive'],
      },
      {
        kind: 'switch',
        path: 'diffusion.refine',
        label: 'Refine',
        help: 'Interpolates all leads again from the last forecast.',
      },
      {
        kind: 'switch',
        path: 'diffusion.forecasterPredictsChange',
        label: 'Forecast changes',
        help: 'The forecaster predicts the change from the initial condition; not in the paper.',
      },
      {
        kind: 'switch',
        path: 'diffusion.forecasterDropout',
        label: 'Forecaster dropout',
        help: 'Keeps the forecaster’s dropout on while sampling, for more spread at the horizon; not in the paper.',
        term: 'dropout-at-inference',
      },
    ],
  },
  {
    title: 'Validation and safety',
    settings: [
      {
        kind: 'number',
        path: 'validation.members',
        label: 'Members',
        help: 'Of each validation forecast.',
        term: 'ensemble-member',
        min: 2,
        step: 1,
      },
      {
        kind: 'number',
        path: 'validation.starts',
        label: 'Starts',
        help: 'Validation forecasts, evenly chosen.',
        min: 1,
        step: 1,
      },
      {
        kind: 'number',
        path: 'validation.everyEpochs',
        label: 'Every, epochs',
        help: 'How often validation forecasts are made.',
        term: 'validation-crps',
        min: 1,
        step: 1,
      },
      {
        kind: 'number',
        path: 'patience',
        label: 'Patience, epochs',
        help: 'Stops a stage that no longer improves; 0: never.',
        min: 0,
        step: 1,
      },
      {
        kind: 'number',
        path: 'seed',
        label: 'Seed',
        help: 'The same seed gives the same run.',
        min: 0,
        step: 1,
      },
    ],
  },
];

/** The groups that settings of a method have. */
export function groupsOf(method: string): readonly SettingGroup[] {
  return settingGroups.filter(({ methods }) => methods?.some((name) => name === method) ?? true);
}
