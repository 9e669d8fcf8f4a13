# The public names of the drawing room, written once.
# fmt: off
# isort: off

# style
from .style import COLOURS as COLOURS
from .style import ink as ink
from .labels import label_line as label_line
from .style import new_axes as new_axes
from .style import series_style as series_style

# one weight
from .cobweb import plot_cobweb as plot_cobweb
from .landscape import plot_landscape as plot_landscape

# curves
from .errors import plot_errors as plot_errors
from .curves import plot_scaling as plot_scaling
from .curves import plot_trajectories as plot_trajectories

# strand diagrams
from .strands import draw_block as draw_block
from .strands import draw_history as draw_history
from .strands import plot_wire_numbers as plot_wire_numbers

# systems and solvers
from .measured import plot_bars as plot_bars
from .measured import plot_filter as plot_filter
from .matrices import plot_matrix as plot_matrix

# schematics
from .circuits import draw_circuit as draw_circuit
from .schematics import draw_hhl as draw_hhl
from .schematics import draw_schematic as draw_schematic

# interaction
from .widgets import frame_slider as frame_slider
from .widgets import rendered as rendered
