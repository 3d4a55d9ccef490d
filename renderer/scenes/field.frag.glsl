// Colours one cell: nearest sampling, a table of 256 colours, and a neutral hatch where the value is missing.
precision highp float;
precision highp sampler2D;

uniform sampler2D field;
uniform sampler2D table;
uniform vec2 limits;
uniform vec2 flip;
uniform vec3 land;
uniform vec3 hatch;
uniform float pixelRatio;

in vec2 place;
out vec4 colour;

void main() {
  ivec2 size = textureSize(field, 0);
  vec2 at = mix(place, 1.0 - place, flip);
  ivec2 cell = clamp(ivec2(at * vec2(size)), ivec2(0), size - 1);
  float value = texelFetch(field, cell, 0).r;
  if (value > 1.0e37) {
    float stripe = mod((gl_FragCoord.x + gl_FragCoord.y) / pixelRatio, 8.0);
    colour = vec4(stripe < 1.25 ? hatch : land, 1.0);
    return;
  }
  float share = clamp((value - limits.x) / (limits.y - limits.x), 0.0, 1.0);
  colour = vec4(texelFetch(table, ivec2(int(floor(share * 255.0 + 0.5)), 0), 0).rgb, 1.0);
}
