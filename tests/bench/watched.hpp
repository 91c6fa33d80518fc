#pragma once

/// What it costs to be watched, with ten thousand tunnels. False: it could not be measured, and that was said.
namespace tunnelkeyd::bench {

/// `tunnelkeyd status` beside a running daemon.
bool ask_by_command();

/// Ten thousand rotations with /metrics read each second, and without, in turns.
bool rotate_while_scraped();

}  // namespace tunnelkeyd::bench
