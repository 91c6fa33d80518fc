#include "daemon/store_probe.hpp"

#include <boost/asio/steady_timer.hpp>

#include <list>
#include <utility>

namespace tunnelkeyd::daemon {

namespace {

namespace asio = boost::asio;

// Half a second old is true enough, and bounds the syncs that any number of monitors can cause.
constexpr core::duration answer_lasts{500};
constexpr core::duration answers_within = std::chrono::seconds(5);

struct question {
    question(asio::io_context& loop, ports::write_handler handler)
        : deadline(loop, answers_within), answered(std::move(handler)) {}

    void answer(const std::string& error) {
        if (auto handler = std::exchange(answered, nullptr)) {
            deadline.cancel();
            handler(error);
        }
    }

    asio::steady_timer deadline;
    ports::write_handler answered;
};

}  // namespace

struct store_probe::questions {
    std::list<std::shared_ptr<question>> waiting;
    bool under_way = false;  ///< a write was asked for, and is not answered yet
};

store_probe::store_probe(asio::io_context& loop) : loop_(loop), open_(std::make_shared<questions>()) {
}

void store_probe::ask(ports::journal& journal, ports::write_handler answered) {
    const auto asked = std::make_shared<question>(loop_, std::move(answered));
    open_->waiting.push_back(asked);
    asked->deadline.async_wait([open = open_, asked](boost::system::error_code cancelled) {
        if (cancelled)
            return;
        open->waiting.remove(asked);
        asked->answer("the disk has not answered within " + core::to_string(answers_within));
    });
    if (std::exchange(open_->under_way, true))
        return;
    journal.probe(answer_lasts, [open = open_](const std::string& error) {
        open->under_way = false;
        for (const auto& each : std::exchange(open->waiting, {}))
            each->answer(error);
    });
}

}  // namespace tunnelkeyd::daemon
