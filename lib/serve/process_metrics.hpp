#pragma once

#include "serve/exposition.hpp"

/// Private to the metrics.
namespace tunnelkeyd::serve {

/// What every Prometheus client says of its process: process_cpu_seconds_total and its like. What the kernel
/// does not tell is absent.
void put_process_metrics(exposition& into);

}  // namespace tunnelkeyd::serve
