#include "daemon/local_examiner.hpp"

#include "app/examiner.hpp"
#include "config/secrets.hpp"
#include "core/examination.hpp"
#include "daemon/complaint.hpp"
#include "daemon/event_log.hpp"
#include "daemon/known_tunnels.hpp"
#include "daemon/open_store.hpp"
#include "daemon/store_owner.hpp"
#include "net/certificate_files.hpp"
#include "net/https_cloud.hpp"
#include "net/https_instance.hpp"
#include "net/loop_clock.hpp"
#include "net/system_random.hpp"
#include "serve/metrics_registry.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;
using result = core::check_line::result;

/// A store that could not be opened: nothing can be written.
class closed_store final : public ports::journal {
public:
    closed_store(asio::io_context& loop, std::string why) : loop_(loop), why_(std::move(why)) {}

    void save(const core::tunnel_record&, std::optional<core::history_entry>,
              ports::write_handler done) override {
        probe(core::duration(0), std::move(done));
    }
    void probe(core::duration, ports::write_handler done) override {
        asio::post(loop_, [why = why_, done = std::move(done)] { done(why); });
    }

private:
    asio::io_context& loop_;
    std::string why_;
};

/// Why the store is not to be opened; nothing where it may be, or where opening it says why not.
std::optional<core::check_line> reason_not_to_open(const std::string& directory) {
    struct stat status {};
    const bool exists = ::stat(directory.c_str(), &status) == 0;
    if (!exists && errno == ENOENT) {
        const auto parent = std::filesystem::path(directory).parent_path();
        if (::access(parent.c_str(), W_OK | X_OK) == 0)
            return core::check_line{"store", result::passed,
                                    directory + " does not exist yet; the first start makes it", ""};
        return core::check_line{"store", result::failed,
                                directory + " does not exist, and this user cannot make it",
                                "install -d -o tunnelkeyd -g tunnelkeyd -m 0700 " + directory};
    }
    const auto objected = objection_to_opening(directory);
    if (!objected || !objected->of_another_user)
        return std::nullopt;
    return core::check_line{"store", result::warning,
                            "not tried: " + directory + " belongs to another user (" +
                                std::to_string(status.st_uid) + ") than the one who runs this",
                            "run this as the daemon's user (sudo -u tunnelkeyd): what another one may read the "
                            "daemon perhaps may not"};
}

}  // namespace

struct local_examiner::parts {
    explicit parts(const core::config& with)
        : config(with),
          log(with.log),
          secrets(config::process_environment()),
          clock(loop),
          journal(open()),
          cloud(loop, secrets, with.cloud),
          instance(loop, secrets),
          world{clock, random, secrets, *journal, cloud, instance, log, metrics, certificates},
          examiner(world) {}

    /// A stand-in where that fails; `store` is its line where nothing needs to be asked.
    std::unique_ptr<ports::journal> open() {
        store = reason_not_to_open(config.state.directory);
        if (store)
            return std::make_unique<closed_store>(loop, store->found);
        try {
            auto opened = open_store(
                config.state, secrets,
                [this](std::function<void()> task) { asio::post(loop, std::move(task)); },
                [this] { return clock.now().steady; });
            for (const auto& warning : opened->warnings())
                complain_of_failure(warning);
            return opened;
        } catch (const store::error& problem) {
            if (problem.kind() == store::error_kind::locked)
                store =
                    core::skip("store", "not tried: a running tunnelkeyd has it, and looks after it (/readyz)");
            return std::make_unique<closed_store>(loop, problem.what());
        }
    }

    const core::config& config;
    std::optional<core::check_line> store;
    asio::io_context loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> working{loop.get_executor()};
    event_log log;
    config::secret_reader secrets;
    net::loop_clock clock;
    serve::metrics_registry metrics;
    net::system_random random;
    std::unique_ptr<ports::journal> journal;
    net::https_cloud cloud;
    net::https_instance instance;
    net::certificate_files certificates;
    app::outside world;
    app::examiner examiner;
};

local_examiner::local_examiner(const core::config& config) : parts_(std::make_unique<parts>(config)) {
}

local_examiner::~local_examiner() = default;

void local_examiner::examine(const std::string& tunnel, std::function<void(core::examination)> done) {
    const auto* settings = find_tunnel(parts_->config, tunnel);
    parts_->examiner.examine(std::make_shared<const core::tunnel>(*settings), std::move(done), parts_->store);
}

void local_examiner::run() {
    parts_->loop.run();
}

void local_examiner::stop() {
    parts_->loop.stop();
}

}  // namespace tunnelkeyd::daemon
