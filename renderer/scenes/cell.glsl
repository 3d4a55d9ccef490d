// Which cell of the field lies at a place of the picture, and its colour. Shared by the flat map and the globe.
// Every stride-th row and column of so many cells.
uniform sampler2D field;
uniform vec2 cells;
uniform int stride;
uniform sampler2D table;
uniform vec2 limits;
uniform vec2 flip;
uniform vec3 land;
uniform vec3 hatch;
uniform vec3 empty;
uniform float pixelRatio;
// Of curvilinear grids: the number of the cell at each place of the picture, -1 where there is none.
uniform sampler2D lookup;
uniform bool curvilinear;

// `share` runs from the picture's lower left to its upper right corner, 0-1.
vec3 colourAt(vec2 share) {
  vec2 at = mix(share, 1.0 - share, flip);
  ivec2 size = ivec2(cells);
  ivec2 cell;
  if (curvilinear) {
    ivec2 points = textureSize(lookup, 0);
    float number = texelFetch(lookup, clamp(ivec2(at * vec2(points)), ivec2(0), points - 1), 0).r;
    if (number < 0.0) return empty;
    int place = int(number);
    cell = ivec2(place % size.x, place / size.x);
  } else {
    cell = clamp(ivec2(at * cells), ivec2(0), size - 1);
  }
  float value = texelFetch(field, cell / stride, 0).r;
  // A neutral hatch where the value is missing.
  if (value > 1.0e37) {
    float stripe = mod((gl_FragCoord.x + gl_FragCoord.y) / pixelRatio, 8.0);
    return stripe < 1.25 ? hatch : land;
  }
  float part = clamp((value - limits.x) / (limits.y - limits.x), 0.0, 1.0);
  return texelFetch(table, ivec2(int(floor(part * 255.0 + 0.5)), 0), 0).rgb;
}
