#include "daemon/end_of_output.hpp"

#include "daemon/complaint.hpp"
#include "daemon/exit_status.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <string>
#include <system_error>

namespace tunnelkeyd::daemon {

namespace {

/// A pipe or a socket at whose other end nobody is.
bool nobody_reads() {
    pollfd output{STDOUT_FILENO, 0, 0};
    return ::poll(&output, 1, 0) > 0 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace

int end_of_output(int status) {
    const bool was_good = static_cast<bool>(std::cout);
    errno = 0;
    std::cout.flush();
    const int error = was_good ? errno : 0;  // why an earlier write failed nobody knows any more
    if (std::cout || nobody_reads())
        return status;
    complain_of_failure("the output could not be written" +
                        (error == 0 ? "" : ": " + std::generic_category().message(error)) +
                        "\n  -> make room where it goes" + (status == 0 ? "; nothing else went wrong" : ""));
    return status == 0 ? static_cast<int>(exit_status::output) : status;
}

}  // namespace tunnelkeyd::daemon
