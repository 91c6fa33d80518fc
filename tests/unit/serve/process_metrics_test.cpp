#include "serve/process_metrics.hpp"
#include "support/metrics_text.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <ctime>

using namespace tunnelkeyd;
using namespace tunnelkeyd::testing;

namespace {

metrics_text shown() {
    serve::exposition all;
    serve::put_process_metrics(all);
    return parse_metrics(all.text());
}

}  // namespace

TEST_CASE("the process tells of itself under the names that every client uses") {
    const auto text = shown();
    CHECK(text.types == std::map<std::string, std::string>{{"process_cpu_seconds_total", "counter"},
                                                           {"process_max_fds", "gauge"},
                                                           {"process_open_fds", "gauge"},
                                                           {"process_resident_memory_bytes", "gauge"},
                                                           {"process_start_time_seconds", "gauge"},
                                                           {"process_virtual_memory_bytes", "gauge"}});
    CHECK(text.at("process_cpu_seconds_total") >= 0);
    CHECK(text.at("process_resident_memory_bytes") > 100'000);
    CHECK(text.at("process_virtual_memory_bytes") > text.at("process_resident_memory_bytes"));
    CHECK(text.at("process_max_fds") >= text.at("process_open_fds"));
}

TEST_CASE("the process began not long ago, and always at the same time") {
    const auto now = static_cast<double>(std::time(nullptr));
    const auto began = shown().at("process_start_time_seconds");
    CHECK(began <= now + 2);
    CHECK(began > now - 24 * 3600);
    CHECK(shown().at("process_start_time_seconds") == began);
}

TEST_CASE("each open file descriptor counts once") {
    const auto before = shown().at("process_open_fds");
    CHECK(before >= 3);
    const int more = ::dup(0);
    CHECK(shown().at("process_open_fds") == before + 1);
    ::close(more);
    CHECK(shown().at("process_open_fds") == before);
}
