// Every page loads this. Each module finds its own elements by data attributes; none knows of a page.
import "./theme.js";
import "./dialog.js";
import "./copy.js";
import "./menu.js";
import "./form.js";
import "./photo.js";
import "./keys.js";
import "./table.js";
import "./palette.js";
import "./toast.js";
import "./live.js";
import "./timer.js";
