// A unit square; `place` runs from the picture's lower left to its upper right corner.
out vec2 place;

void main() {
  place = uv;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}
