/**
 * The one door to tfjs: all engine code imports tensors and operations from here, so that the same code runs
 * on libtensorflow, on a GPU or in plain JavaScript, whichever `loadBackend` activated. The TensorFlow binding
 * registers itself with this very copy of tfjs, which is why nothing else may import tfjs directly.
 */
export * from '@tensorflow/tfjs';
