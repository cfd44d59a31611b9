// Proof-reading by keyboard: in a question y is "right" and x "to be corrected"; the note shows only where it is needed.

const form = document.querySelector("[data-proofread]");

if (form) {
  const questions = [...form.querySelectorAll(".question")];

  const show = (question) => {
    const wrong = question.querySelector('input[value="wrong"]').checked;
    question.querySelector(".question-note").hidden = !wrong && !question.classList.contains("has-error");
    question.classList.toggle("is-wrong", wrong);
    question.classList.toggle("is-right", question.querySelector('input[value="right"]').checked);
  };

  const choose = (question, value) => {
    question.querySelector(`input[value="${value}"]`).checked = true;
    show(question);
  };

  const goOn = (question) => {
    const next = questions[questions.indexOf(question) + 1];
    const target = next ? next.querySelector("input[type=radio]:checked, input[type=radio]") : form.querySelector("[type=submit]");
    target.focus();
    (next ?? target).scrollIntoView({ block: "nearest" });
  };

  questions.forEach(show);
  form.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (question) show(question);
  });
  form.addEventListener("keydown", (event) => {
    const question = event.target.closest(".question");
    if (!question || event.target.type !== "radio" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "y") {
      choose(question, "right");
      goOn(question);
    } else if (event.key === "x") {
      choose(question, "wrong");
      question.querySelector(".question-note input").focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  document.querySelector("[data-all-right]")?.addEventListener("click", () => {
    for (const question of questions) {
      if (!question.querySelector("input[type=radio]:checked")) choose(question, "right");
    }
    form.querySelector("[type=submit]").focus();
  });
  form.querySelector("input[type=radio]")?.focus({ preventScroll: true });
}
