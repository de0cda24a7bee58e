/** Three lanes on a board. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="7" className="fill-accent-solid" />
      <g fill="white">
        <rect x="7" y="8" width="18" height="4" rx="2" />
        <rect x="7" y="14" width="12" height="4" rx="2" opacity=".8" />
        <rect x="7" y="20" width="7" height="4" rx="2" opacity=".6" />
      </g>
    </svg>
  );
}
