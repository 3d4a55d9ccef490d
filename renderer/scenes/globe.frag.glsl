// A globe seen from far away: every pixel is turned back into longitude and latitude, and these into a cell.
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
  colour = vec4(colourAt(share) * shade, 1.0);
}
