/**
 * Exactly which files of libtensorflow and CUDA are used: name, version and SHA-256 of each wheel, so that
 * every machine gets the same bytes whichever index its pip is configured for. To move to another version:
 * change it here, let `pip install --dry-run --report` tell the hashes, and run the reference cases.
 */

/**
 * @typedef {object} Wheel
 * @property {string} project the name on the package index
 * @property {string} version
 * @property {string} sha256
 * @property {number} bytes of the download
 * @property {string} platform the tag that pip is to ask for, whatever machine it runs on
 */

/** @typedef {'cpu' | 'cuda'} Build */

/** The version of TensorFlow whose C library both builds carry. */
export const tensorflowVersion = '2.21.0';

/** The Python version in the wheels' names; the C library does not depend on it, nor on the Python here. */
export const pythonVersion = '3.11';

/** @type {Wheel} */
const cpu = {
  project: 'tensorflow-cpu',
  version: tensorflowVersion,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  bytes: 273_829_956,
  platform: 'manylinux_2_27_x86_64',
};

/** @type {Wheel} */
const cuda = {
  project: 'tensorflow',
  version: tensorflowVersion,
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
  bytes: 572_440_367,
  platform: 'manylinux_2_27_x86_64',
};

/** What `tensorflow[and-cuda]==2.21.0` asks for, in the newest versions that it admits. */
const nvidia = [
  nvidiaWheel(
    'cublas',
    '12.9.3.13',
    581_217_458,
    '2_27',
    'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  ),
  nvidiaWheel(
    'cuda-cupti',
    '12.9.79',
    10_800_000,
    '2_25',
    '096bcf334f13e1984ba36685ad4c1d6347db214de03dbb6eebb237b41d9d934f',
  ),
  nvidiaWheel(
    'cuda-nvcc',
    '12.9.86',
    40_546_229,
    '2_12',
    '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  ),
  nvidiaWheel(
    'cuda-nvrtc',
    '12.9.86',
    89_568_129,
    '2_12',
    '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  ),
  nvidiaWheel(
    'cuda-runtime',
    '12.9.79',
    3_493_179,
    '2_17',
    '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  ),
  nvidiaWheel(
    'cudnn',
    '9.28.0.42',
    716_538_495,
    '2_27',
    '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  ),
  nvidiaWheel(
    'cufft',
    '11.4.1.4',
    200_877_592,
    '2_17',
    'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  ),
  nvidiaWheel(
    'curand',
    '10.3.10.19',
    68_295_626,
    '2_27',
    '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  ),
  nvidiaWheel(
    'cusolver',
    '11.7.5.82',
    338_117_415,
    '2_27',
    '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  ),
  nvidiaWheel(
    'cusparse',
    '12.5.10.65',
    366_465_088,
    '2_17',
    '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  ),
  nvidiaWheel(
    'nccl',
    '2.32.3',
    351_526_311,
    '2_27',
    'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  ),
  nvidiaWheel(
    'nvjitlink',
    '12.9.86',
    39_748_338,
    '2_12',
    'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  ),
];

/** The wheels of each build, in the order in which they are fetched. @type {Record<Build, Wheel[]>} */
export const wheels = { cpu: [cpu], cuda: [cuda, ...nvidia] };

/** Bytes that each build takes once unpacked, with a margin; what is checked before a download begins. */
export const unpackedBytes = { cpu: 900e6, cuda: 6.5e9 };

/**
 * @param {string} library @param {string} version @param {number} bytes @param {string} glibc @param {string} sha256
 * @returns {Wheel}
 */
function nvidiaWheel(library, version, bytes, glibc, sha256) {
  return { project: `nvidia-${library}-cu12`, version, sha256, bytes, platform: `manylinux_${glibc}_x86_64` };
}
