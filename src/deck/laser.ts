/** The pointer: a dot on the slide, shown while its key is held, or moved from the presenter's view. */
import type { PointAt } from './deck-channel.ts';

export interface Laser {
  /** Shows the dot there; null takes it away. */
  show(at: PointAt | null): void;
  /** Follows the mouse of this window, or no longer. */
  hold(isHeld: boolean): void;
  toggle(): void;
}

/** A dot in `viewport`, over the slides whose box is `slides`. */
export function createLaser(viewport: HTMLElement, slides: HTMLElement): Laser {
  const dot = document.createElement('div');
  dot.className = 'laser';
  dot.hidden = true;
  viewport.append(dot);
  let mouse: PointAt = { x: 0.5, y: 0.5 };
  let isHeld = false;
  const show = (at: PointAt | null): void => {
    dot.hidden = at === null;
    if (at === null) return;
    const [box, frame] = [slides.getBoundingClientRect(), viewport.getBoundingClientRect()];
    dot.style.translate = `${box.left - frame.left + at.x * box.width}px ${box.top - frame.top + at.y * box.height}px`;
  };
  viewport.addEventListener('pointermove', (event) => {
    mouse = placeIn(slides, event);
    if (isHeld) show(mouse);
  });
  const hold = (isNowHeld: boolean): void => {
    isHeld = isNowHeld;
    viewport.toggleAttribute('data-pointing', isHeld);
    show(isHeld ? mouse : null);
  };
  return { show, hold, toggle: () => hold(!isHeld) };
}

/** Where in the box of `element` a pointer is. */
export function placeIn(element: HTMLElement, { clientX, clientY }: PointerEvent): PointAt {
  const box = element.getBoundingClientRect();
  return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
}
