export function Gallery() {
  return <p>gallery</p>;
}
