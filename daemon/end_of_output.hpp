#pragma once

namespace tunnelkeyd::daemon {

/// The last word on what was printed: `status`, or exit_status::output where it would be 0 and the output could
/// not be written, which is said then. Whoever reads no further (`| head -1`) misses nothing.
int end_of_output(int status);

}  // namespace tunnelkeyd::daemon
