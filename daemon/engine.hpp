#pragma once

#include "app/supervisor.hpp"
#include "net/certificate_files.hpp"
#include "net/https_cloud.hpp"
#include "net/https_instance.hpp"
#include "net/system_random.hpp"
#include "ports/clock.hpp"
#include "ports/log.hpp"
#include "ports/metrics.hpp"
#include "ports/secrets.hpp"
#include "store/state_store.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>

namespace tunnelkeyd::daemon {

/// What there is before the store is open, and outlives it.
struct surroundings {
    boost::asio::io_context& loop;
    ports::clock& clock;
    ports::secrets& secrets;
    ports::log& log;
    ports::metrics& metrics;
};

/// The supervisor, and the implementations that it works with: made once the state store is open.
struct engine {
    engine(const surroundings& around, std::shared_ptr<const core::config> config,
           std::unique_ptr<store::state_store> opened, ports::journal_contents contents)
        : store(std::move(opened)),
          cloud(around.loop, around.secrets, config->cloud),
          instance(around.loop, around.secrets),
          world{around.clock, random,     around.secrets, *store,      cloud,
                instance,     around.log, around.metrics, certificates},
          supervisor(world, std::move(config), std::move(contents)) {}

    std::unique_ptr<store::state_store> store;
    net::system_random random;
    net::https_cloud cloud;
    net::https_instance instance;
    net::certificate_files certificates;
    app::outside world;
    app::supervisor supervisor;
};

}  // namespace tunnelkeyd::daemon
