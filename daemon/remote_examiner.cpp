#include "daemon/remote_examiner.hpp"

#include "daemon/commands/ask.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <exception>
#include <utility>

namespace tunnelkeyd::daemon {

namespace asio = boost::asio;

namespace {

// As many as examination_queue has under way.
constexpr std::size_t at_once = 8;
// The daemon's own time limits come before.
constexpr core::duration longest_examination = std::chrono::minutes(10);

}  // namespace

struct remote_examiner::parts {
    std::string socket;
    asio::io_context loop{1};
    asio::executor_work_guard<asio::io_context::executor_type> working{loop.get_executor()};
    asio::thread_pool workers{at_once};  // ends first: its tasks use the loop
};

remote_examiner::remote_examiner(std::string socket) : parts_(std::make_unique<parts>()) {
    parts_->socket = std::move(socket);
}

remote_examiner::~remote_examiner() = default;

void remote_examiner::examine(const std::string& tunnel, std::function<void(std::string)> done) {
    auto task = [&all = *parts_, target = target_of("/v1/tunnels/", tunnel, "/preflight"),
                 done = std::move(done)]() mutable {
        std::string json;
        std::exception_ptr failed;
        try {
            json = ask_daemon(by_socket(all.socket), "POST", target, "", longest_examination);
        } catch (...) {
            failed = std::current_exception();
        }
        auto answer = [done = std::move(done), json = std::move(json), failed]() mutable {
            if (failed)
                std::rethrow_exception(failed);
            done(std::move(json));
        };
        asio::post(all.loop, std::move(answer));
    };
    asio::post(parts_->workers, std::move(task));
}

void remote_examiner::run() {
    parts_->loop.run();
}

void remote_examiner::stop() {
    parts_->loop.stop();
}

}  // namespace tunnelkeyd::daemon
