// Light or dark: as the system has it, unless the user chose.

export type Theme = 'system' | 'light' | 'dark';

const kKey = 'sightline.theme';
const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');

class ThemeChoice {
  chosen = $state<Theme>(stored());
  private dark = $state(systemIsDark.matches);
  readonly isDark = $derived(this.chosen === 'system' ? this.dark : this.chosen === 'dark');

  constructor() {
    systemIsDark.addEventListener('change', (event) => (this.dark = event.matches));
    this.show();
  }

  choose(theme: Theme): void {
    this.chosen = theme;
    try {
      localStorage.setItem(kKey, theme);
    } catch {
      // Without storage the choice holds until the page is left.
    }
    this.show();
  }

  private show(): void {
    if (this.chosen === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.chosen;
  }
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(kKey);
    if (value === 'light' || value === 'dark') return value;
  } catch {
    // As above.
  }
  return 'system';
}

export const theme = new ThemeChoice();
