/** Whether a whole text matches a pattern in which `*` stands for any text and `?` for one character. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0;
  let step = 0;
  // Where to go on when what follows the last `*` did not fit: that one then stands for a character more.
  let star = -1;
  let behindStar = 0;
  while (at < text.length) {
    if (pattern[step] === '*') {
      star = step;
      behindStar = at;
      step += 1;
    } else if (step < pattern.length && (pattern[step] === '?' || pattern[step] === text[at])) {
      at += 1;
      step += 1;
    } else if (star !== -1) {
      behindStar += 1;
      at = behindStar;
      step = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[step] === '*') step += 1;
  return step === pattern.length;
}
