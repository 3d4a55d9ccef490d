// A globe seen from far away: every pixel is turned back into longitude and latitude, and these into a cell.
precision highp float;
precision highp sampler2D;

uniform sampler2D field;
uniform sampler2D table;
uniform vec2 limits;
uniform vec2 flip;
uniform vec3 land;
uniform vec3 hatch;
uniform vec3 empty;
uniform float pixelRatio;
// Longitude and latitude in the middle of the disc, radians.
uniform vec2 centre;
// West, east, south, north of the data, degrees; east may be beyond 180 or 360.
uniform vec4 extent;
// Where longitudes lie across the picture and latitudes down it, 0-1, over equal steps of the extent.
uniform sampler2D across;
uniform sampler2D down;

in vec2 place;
out vec4 colour;

float along(sampler2D line, float share) {
  int last = textureSize(line, 0).x - 1;
  float at = clamp(share, 0.0, 1.0) * float(last);
  int low = min(int(floor(at)), last - 1);
  float before = texelFetch(line, ivec2(low, 0), 0).r;
  return mix(before, texelFetch(line, ivec2(low + 1, 0), 0).r, at - float(low));
}

void main() {
  float square = dot(place, place);
  if (square > 1.0) discard;
  float towards = sqrt(1.0 - square);
  float c = cos(centre.y);
  float s = sin(centre.y);
  float latitude = degrees(asin(clamp(place.y * c + towards * s, -1.0, 1.0)));
  float longitude = degrees(centre.x + atan(place.x, towards * c - place.y * s));
  float turned = extent.x + mod(longitude - extent.x, 360.0);
  // Darker towards the rim, as a ball is; the colours of the middle stay as they are.
  float shade = mix(1.0, 0.82, smoothstep(0.75, 1.0, square));
  if (turned > extent.y || latitude < extent.z || latitude > extent.w) {
    colour = vec4(empty * shade, 1.0);
    return;
  }
  vec2 share = vec2(
    along(across, (turned - extent.x) / (extent.y - extent.x)),
    1.0 - along(down, (extent.w - latitude) / (extent.w - extent.z)));
  ivec2 size = textureSize(field, 0);
  vec2 at = mix(share, 1.0 - share, flip);
  ivec2 cell = clamp(ivec2(at * vec2(size)), ivec2(0), size - 1);
  float value = texelFetch(field, cell, 0).r;
  if (value > 1.0e37) {
    float stripe = mod((gl_FragCoord.x + gl_FragCoord.y) / pixelRatio, 8.0);
    colour = vec4((stripe < 1.25 ? hatch : land) * shade, 1.0);
    return;
  }
  float part = clamp((value - limits.x) / (limits.y - limits.x), 0.0, 1.0);
  colour = vec4(texelFetch(table, ivec2(int(floor(part * 255.0 + 0.5)), 0), 0).rgb * shade, 1.0);
}
