#include "simulator/command_line.hpp"

#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <iostream>

namespace {

/// A load of thousands of connections needs as many file descriptors.
void raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

}  // namespace

int main(int argc, char** argv) {
    int exit_status = 0;
    auto settings = tunnelkeyd::simulator::parse_command_line(argc, argv, exit_status);
    if (!settings)
        return exit_status;
    try {
        std::signal(SIGPIPE, SIG_IGN);
        raise_file_limit();
        settings->ends_on_signals = true;
        tunnelkeyd::simulator::simulation all(*settings);
        std::cout << all.next_steps() << std::flush;
        all.run();
    } catch (const std::exception& error) {
        std::cerr << "tunnelkeyd-simulator: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
