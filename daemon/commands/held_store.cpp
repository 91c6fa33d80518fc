#include "daemon/commands/held_store.hpp"

#include "config/secrets.hpp"
#include "daemon/complaint.hpp"
#include "daemon/open_store.hpp"
#include "net/loop_clock.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>

namespace tunnelkeyd::daemon {

namespace asio = boost::asio;

struct held_store::parts {
    explicit parts(const core::state_settings& settings)
        : store(open_store(
              settings, secrets, [this](std::function<void()> task) { asio::post(loop, std::move(task)); },
              [this] { return clock.now().steady; })) {}

    asio::io_context loop{1};
    net::loop_clock clock{loop};
    config::secret_reader secrets{config::process_environment()};
    std::unique_ptr<store::state_store> store;
};

held_store::held_store(const core::state_settings& settings) : parts_(std::make_unique<parts>(settings)) {
    for (const auto& warning : parts_->store->warnings())
        complain_of_failure(warning);
}

held_store::~held_store() = default;

std::vector<core::tunnel_record> held_store::load() const {
    return parts_->store->load();
}

core::wall_time held_store::now() const {
    return parts_->clock.now().wall;
}

std::string held_store::save(const std::vector<write>& writes) {
    std::string failed;
    std::size_t left = writes.size();
    auto working = asio::make_work_guard(parts_->loop);
    for (const auto& [record, ended] : writes)
        parts_->store->save(record, ended, [&](const std::string& error) {
            if (!error.empty())
                failed = error;
            if (--left == 0)
                working.reset();
        });
    if (left > 0)
        parts_->loop.run();
    return failed;
}

}  // namespace tunnelkeyd::daemon
