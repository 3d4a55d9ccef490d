// Colours one cell: nearest sampling and a table of 256 colours.
in vec2 place;
out vec4 colour;

void main() {
  colour = vec4(colourAt(place), 1.0);
}
