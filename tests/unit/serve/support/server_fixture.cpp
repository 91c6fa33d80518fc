#include "support/server_fixture.hpp"

#include <boost/asio/post.hpp>

#include <utility>

namespace tunnelkeyd::testing {

serve::server_limits patient_limits() {
    serve::server_limits limits;
    limits.request = limits.idle = limits.answer = std::chrono::hours(1);
    return limits;
}

serve::look good_look() {
    return [](const core::extent&, const serve::look_handler& done) { done(some_overview()); };
}

serve::look held_looks::look() {
    return [this](const core::extent&, serve::look_handler done) {
        const std::lock_guard lock(mutex_);
        held_.push_back(std::move(done));
        changed_.notify_all();
    };
}

void held_looks::wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(1), [&] { return held_.size() >= count; }))
        throw std::runtime_error("nobody looks");
}

std::vector<serve::look_handler> held_looks::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, {});
}

void running_loop::start() {
    thread_ = std::thread([this] {
        while (loop.run_one() > 0)
            ++turns;
    });
}

void running_loop::stop() {
    loop.stop();
    if (thread_.joinable())
        thread_.join();
}

void running_loop::on_loop(std::function<void()> what) {
    std::promise<void> over;
    boost::asio::post(loop, [&over, &what] {
        what();
        over.set_value();
    });
    over.get_future().wait();
}

server_fixture::server_fixture(serve::look look, serve::server_limits limits)
    : server_(std::make_unique<serve::health_server>(loop, core::listen_address{"127.0.0.1", 0},
                                                     std::move(look), metrics, limits)) {
    address = server_->address();
    start();
}

void server_fixture::end() {
    on_loop([this] { server_.reset(); });
    run_out();
}

}  // namespace tunnelkeyd::testing
