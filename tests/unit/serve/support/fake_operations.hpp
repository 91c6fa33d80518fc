#pragma once

#include "serve/operations.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace tunnelkeyd::testing {

/// A key with what JSON has to escape, and its text in JSON.
inline constexpr const char* pending_key = "k3y-\"\\-NsGNfHUQ==";
inline constexpr const char* pending_key_json = R"("k3y-\"\\-NsGNfHUQ==")";

core::pending_report some_gap();

/// A daemon that notes what it is asked, and answers what it is told to: at once, or when the test says so.
/// Results are set before it is asked; the rest is for any thread.
class fake_operations : public serve::operations {
public:
    core::result_of<core::reload_outcome> reloaded;
    core::result_of<core::rotate_report> rotated;
    core::result_of<core::pause_report> paused;
    core::result_of<core::examination> examined;
    core::result_of<std::vector<core::past_rotation>> past;
    core::result_of<std::vector<core::pending_report>> gaps;
    core::result_of<core::revealed_key> revealed;
    core::result_of<core::resolve_report> resolved;
    bool holds = false;   ///< answers come with answer_all()
    bool throws = false;  ///< instead of answering

    /// With results that are well.
    fake_operations();

    /// "rotate jira by root", in the order in which it was asked.
    [[nodiscard]] std::vector<std::string> asked();
    /// Waits until so many are held.
    void wait_for(std::size_t count);
    /// Takes the answers that are held: each is given by calling it, on the loop.
    std::vector<std::function<void()>> take();

    void reload(const std::string& by, handler<core::reload_outcome> done) override;
    void rotate(const std::string& tunnel, const std::string& by, handler<core::rotate_report> done) override;
    void pause(const std::string& tunnel, bool pause, const std::string& by,
               handler<core::pause_report> done) override;
    void preflight(const std::string& tunnel, handler<core::examination> done) override;
    void history(const std::string& tunnel, std::size_t limit,
                 handler<std::vector<core::past_rotation>> done) override;
    void pending(handler<std::vector<core::pending_report>> done) override;
    void reveal(const std::string& tunnel, const std::string& by, handler<core::revealed_key> done) override;
    void resolve(const std::string& tunnel, core::resolution how, std::optional<std::uint64_t> number,
                 const std::string& by, handler<core::resolve_report> done) override;

private:
    template <class T>
    void answer(std::string what, handler<T> done, const core::result_of<T>& result);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> asked_;
    std::vector<std::function<void()>> held_;
};

}  // namespace tunnelkeyd::testing
