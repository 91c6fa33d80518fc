#pragma once

#include "ports/certificates.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/instance.hpp"
#include "ports/journal.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/random.hpp"
#include "ports/secrets.hpp"

namespace tunnelkeyd::app {

/// Everything that lib/app needs from the world. The ports outlive whoever holds this, and call nobody back
/// once they are destroyed or stopped.
struct outside {
    ports::clock& clock;
    ports::random& random;
    ports::secrets& secrets;
    ports::journal& journal;
    ports::cloud& cloud;
    ports::instance& instance;
    ports::log& log;
    ports::metrics& metrics;
    ports::certificates& certificates;
};

}  // namespace tunnelkeyd::app
