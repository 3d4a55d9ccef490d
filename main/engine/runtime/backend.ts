/**
 * Chooses the compute backend once per process, fastest first (CUDA through libtensorflow, libtensorflow on
 * the CPU, plain JavaScript), and can say for each one why it is or is not in use.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { DriftcastError } from '#shared/errors.ts';
import { native, refreshNative } from './native.ts';
import * as tf from './tf.ts';

export type BackendName = 'tensorflow-gpu' | 'tensorflow-cpu' | 'javascript';

/** Whether one backend can be used on this machine, and the sentence that says why or why not. */
export interface BackendReason {
  name: BackendName;
  available: boolean;
  active: boolean;
  reason: string;
}

/** The active compute backend; `reasons` lists all three in order of preference. */
export interface Backend {
  name: BackendName;
  description: string;
  threads: number;
  active: boolean;
  reasons: BackendReason[];
}

export interface BackendOptions {
  /** Forces one family; otherwise `DRIFTCAST_BACKEND` (`tensorflow`, `javascript` or `auto`) decides. */
  force?: 'tensorflow' | 'javascript';
  /** CPU threads for TensorFlow; default: all that this process may use. Has effect on the first call only. */
  threads?: number;
}

interface TensorflowState {
  loaded: boolean;
  gpu: boolean;
  problem: string;
}

let tensorflow: Promise<TensorflowState> | null = null;
let usedThreads = availableParallelism();

/**
 * Activates the best backend that is available, or the forced one, and describes it.
 * Calling it again is cheap and may switch between `tensorflow` and `javascript`; tensors do not survive a switch.
 * @throws DriftcastError `unsupported` when TensorFlow was forced and cannot be loaded, `bad-input` for an
 *   unknown value of `DRIFTCAST_BACKEND`.
 */
export async function loadBackend(options: BackendOptions = {}): Promise<Backend> {
  const wanted = options.force ?? fromEnvironment();
  // Silences tfjs's own advice and its argument checks in hot paths; Driftcast says what matters itself.
  tf.enableProdMode();
  if (wanted === 'javascript') {
    const reason = 'Not tried, because the JavaScript backend was asked for.';
    return activate('javascript', { loaded: false, gpu: false, problem: reason }, true);
  }
  tensorflow ??= loadTensorflow(options.threads);
  const state = await tensorflow;
  if (state.loaded) return activate(state.gpu ? 'tensorflow-gpu' : 'tensorflow-cpu', state, false);
  if (wanted === 'tensorflow') {
    throw new DriftcastError(
      'unsupported',
      'TensorFlow was asked for but cannot be loaded on this computer.',
      'Run the set-up again, or leave DRIFTCAST_BACKEND unset to use the JavaScript backend.',
      { details: state.problem },
    );
  }
  return activate('javascript', state, false);
}

function fromEnvironment(): 'tensorflow' | 'javascript' | 'auto' {
  const value = process.env.DRIFTCAST_BACKEND ?? 'auto';
  if (value === 'tensorflow' || value === 'javascript') return value;
  if (value === 'auto' || value === '') return 'auto';
  throw new DriftcastError(
    'bad-input',
    `DRIFTCAST_BACKEND is "${value}", which is not a compute backend.`,
    'Set it to tensorflow, javascript or auto.',
  );
}

async function loadTensorflow(threads: number | undefined): Promise<TensorflowState> {
  // Read by libtensorflow when it is loaded, so they have to be in place before the import.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // TensorFlow's own pooling allocator: without it every large tensor is fresh memory from the system, and
  // touching its pages for the first time takes three times as long as the arithmetic.
  process.env.TF_CPU_ALLOCATOR_USE_BFC ??= 'true';
  // oneDNN is off by default on processors without AVX-512; its convolutions are up to 1.6 times as fast there too.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.OMP_NUM_THREADS = String(threads);
    usedThreads = threads;
  }
  try {
    await import('@tensorflow/tfjs-node-gpu');
    await tf.ready();
    refreshNative();
    const backend = native();
    if (backend === null) return { loaded: false, gpu: false, problem: 'The binding did not register.' };
    return { loaded: true, gpu: backend.isUsingGpuDevice, problem: '' };
  } catch (error) {
    return { loaded: false, gpu: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function activate(name: BackendName, state: TensorflowState, forced: boolean): Promise<Backend> {
  const family = name === 'javascript' ? 'cpu' : 'tensorflow';
  if (tf.getBackend() !== family) await tf.setBackend(family);
  await tf.ready();
  refreshNative();
  return {
    name,
    description: describe(name),
    threads: name === 'javascript' ? 1 : usedThreads,
    active: true,
    reasons: [
      {
        name: 'tensorflow-gpu',
        available: state.gpu,
        active: name === 'tensorflow-gpu',
        reason: state.gpu ? 'A CUDA GPU was found and is used.' : gpuProblem(state),
      },
      {
        name: 'tensorflow-cpu',
        available: state.loaded,
        active: name === 'tensorflow-cpu',
        reason: cpuReason(name, state),
      },
      { name: 'javascript', available: true, active: name === 'javascript', reason: jsReason(name, forced) },
    ],
  };
}

function describe(name: BackendName): string {
  if (name === 'tensorflow-gpu') return 'TensorFlow on a CUDA GPU';
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
  if (name === 'tensorflow-cpu')
    return `TensorFlow on the processor (${processor}, ${usedThreads} thread${usedThreads === 1 ? '' : 's'})`;
  return `Plain JavaScript on one thread (${processor}); slow, for small presets only`;
}

function gpuProblem(state: TensorflowState): string {
  if (!state.loaded) return state.problem;
  if (process.platform === 'darwin') return 'CUDA does not exist on macOS.';
  const driver = existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');
  return driver
    ? 'An NVIDIA driver is present, but the installed TensorFlow is a CPU build or did not find its CUDA libraries.'
    : 'No NVIDIA GPU with a working driver was found.';
}

function cpuReason(name: BackendName, state: TensorflowState): string {
  if (!state.loaded) return `TensorFlow is not in use: ${state.problem}`;
  return name === 'tensorflow-gpu' ? 'Available, but the GPU is faster.' : 'TensorFlow was loaded.';
}

function jsReason(name: BackendName, forced: boolean): string {
  if (name !== 'javascript') return 'Available, but TensorFlow is much faster.';
  return forced
    ? 'In use because it was asked for.'
    : 'In use because TensorFlow could not be loaded: training and forecasts will be very slow, use small presets.';
}
