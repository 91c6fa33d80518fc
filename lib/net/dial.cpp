#include "net/dial.hpp"

#include "net/error_text.hpp"
#include "net/name_lookup.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <list>

namespace tunnelkeyd::net {

namespace {

namespace asio = boost::asio;
using asio::ip::address;
using boost::system::error_code;
using std::chrono::steady_clock;

// RFC 8305, section 8.
constexpr steady_clock::duration attempt_delay = std::chrono::milliseconds(250);
constexpr steady_clock::duration least_attempt_delay = std::chrono::milliseconds(10);

std::string text_of(const asio::ip::tcp::endpoint& to) {
    return to.address().to_string() + " port " + std::to_string(to.port());
}

}  // namespace

struct dial::race : std::enable_shared_from_this<race> {
    struct attempt {
        attempt(asio::io_context& loop, asio::ip::tcp::endpoint where) : to(std::move(where)), line(loop) {}

        asio::ip::tcp::endpoint to;
        socket line;
        bool running = true;
        error_code failure;
    };

    race(asio::io_context& io, std::string to, std::uint16_t at)
        : loop(io), host(std::move(to)), port(at), wake(io) {}

    asio::awaitable<void> look_up(steady_clock::time_point deadline, result* into);
    asio::awaitable<void> connect(steady_clock::time_point deadline);
    [[nodiscard]] std::vector<address> untried() const;
    void begin(const address& to);
    [[nodiscard]] std::string describe_failures() const;
    [[nodiscard]] result end(result found);

    asio::io_context& loop;
    std::string host;
    std::uint16_t port;
    std::optional<address> literal;     ///< what the host is where it is no name,
    std::optional<name_lookup> lookup;  ///< and where it is one
    std::list<attempt> attempts;        ///< all of them, in their order; handlers know their places
    std::size_t running = 0;
    attempt* winner = nullptr;
    steady_clock::time_point next_attempt;  ///< not before then, unless nothing is running
    asio::steady_timer wake;                ///< cancelled when something happened
    bool cancelled = false;
};

asio::awaitable<void> dial::race::look_up(steady_clock::time_point deadline, result* into) {
    if (literal) {
        into->has_addresses = true;
        co_return;
    }
    const auto began = steady_clock::now();
    co_await lookup->run(host, deadline);
    into->has_addresses = !lookup->addresses().empty();
    if (into->has_addresses)
        into->look_up_took = std::chrono::floor<core::duration>(steady_clock::now() - began);
    else
        into->problem = "cannot look up " + host + ": " + lookup->problem();
}

/// In the order in which they are to be tried: the families in turn, as far as there are both.
std::vector<address> dial::race::untried() const {
    auto known = literal ? std::vector{*literal} : lookup->addresses();
    const auto was_tried = [this](const address& one) {
        return std::any_of(attempts.begin(), attempts.end(),
                           [&one](const attempt& each) { return each.to.address() == one; });
    };
    std::erase_if(known, was_tried);
    const auto other_family = [this](const address& one) {
        return one.is_v6() != attempts.back().to.address().is_v6();
    };
    if (!attempts.empty())
        std::stable_partition(known.begin(), known.end(), other_family);
    return known;
}

asio::awaitable<void> dial::race::connect(steady_clock::time_point deadline) {
    while (!winner && !cancelled) {
        const auto now = steady_clock::now();
        const auto left = untried();
        const bool is_over = left.empty() && (literal || lookup->is_over());
        if (now >= deadline || (is_over && running == 0))
            co_return;
        if (!left.empty() && (running == 0 || now >= next_attempt)) {
            const auto share = (deadline - now) / (static_cast<int>(left.size()) + 1);
            next_attempt = now + std::clamp(share, least_attempt_delay, attempt_delay);
            begin(left.front());
        } else if (left.empty()) {
            next_attempt = now + attempt_delay;  // to see what the look-up has found meanwhile
        }
        wake.expires_at(is_over ? deadline : std::min(deadline, next_attempt));
        co_await wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

void dial::race::begin(const address& to) {
    auto& made = attempts.emplace_back(loop, asio::ip::tcp::endpoint(to, port));
    ++running;
    auto done = [weak = weak_from_this(), &made](error_code failure) {
        const auto self = weak.lock();
        if (!self || !made.running)
            return;
        made.running = false;
        --self->running;
        made.failure = failure;
        if (failure) {
            made.line = socket(self->loop);  // closed, and its descriptor free
            self->next_attempt = steady_clock::now();
        } else if (!self->winner) {
            self->winner = &made;
        }
        self->wake.cancel();
    };
    made.line.async_connect(made.to, std::move(done));
}

std::string dial::race::describe_failures() const {
    std::string text;
    const auto add = [&text](const std::string& failure) { text += (text.empty() ? "" : "; ") + failure; };
    for (const auto& each : attempts)
        add("cannot connect to " + text_of(each.to) + ": " +
            (each.running ? "no answer" : error_text(each.failure)));
    for (const auto& each : untried())
        add("no time was left for " + each.to_string());
    return text;
}

dial::result dial::race::end(result found) {
    if (cancelled) {
        found.problem = "aborted";
    } else if (winner) {
        found.connected_to = text_of(winner->to);
        found.connected = std::move(winner->line);
    } else if (found.problem.empty()) {
        found.problem = describe_failures();
    }
    // Whoever lost is closed now, and not when somebody lets go of the race.
    for (auto& each : attempts) {
        each.running = false;
        error_code ignored;
        each.line.close(ignored);
    }
    if (lookup) {
        for (const auto& each : lookup->addresses())
            found.addresses.push_back(each.to_string());
        lookup->cancel();
    }
    return found;
}

dial::dial(asio::io_context& loop, std::string host, std::uint16_t port, const std::string& name_servers)
    : race_(std::make_shared<race>(loop, std::move(host), port)) {
    error_code not_an_address;
    const auto parsed = asio::ip::make_address(race_->host, not_an_address);
    if (not_an_address)
        race_->lookup.emplace(loop, name_servers);
    else
        race_->literal = parsed;
}

dial::~dial() {
    cancel();
}

asio::awaitable<dial::result> dial::run(steady_clock::time_point deadline) {
    const auto running = race_;
    result found;
    co_await running->look_up(deadline, &found);
    if (found.has_addresses)
        co_await running->connect(deadline);
    co_return running->end(std::move(found));
}

void dial::cancel() {
    race_->cancelled = true;
    if (race_->lookup)
        race_->lookup->cancel();
    race_->wake.cancel();
}

}  // namespace tunnelkeyd::net
