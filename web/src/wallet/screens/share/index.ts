import type { Preset } from '../../../api/client_gen.js'
import { h } from '../../../shared/dom.js'
import { t } from '../../../shared/lang.js'
import { listed } from '../../../shared/when.js'
import type { App, Screen } from '../../app.js'
import { say } from '../../messages/index.js'
import { ease, fieldsOf, findField, heavy, inForce, lacking, names, outOfForce, stepUp, unseen } from '../../model.js'
import { attempt, bar, button, field, troubleBox } from '../../parts.js'

/** How long a code lives, in seconds. */
const LIFETIME = 60

/** Asks for what: a situation, or each field by itself. */
export function shareScreen(app: App): Screen {
  const { catalog, papers = [] } = app
  const body = h('div', { class: 'body' })
  const trouble = troubleBox()
  const nodes = [bar(app, say('shareTitle'), 'papers'), body]
  if (!catalog) return { nodes }
  const before = usable(app)
  const situations = catalog.presets.filter((p) => !app.shareOnly || p.documents.some((d) => d.document === app.shareOnly))
  const choose = (preset: Preset) => {
    const missing = lacking(catalog, preset, papers)
    if (missing.length) trouble.say(say('shareNeedsPaper', { papers: listed(missing.map((d) => t(d.labels))) }))
    else app.pick(preset)
  }
  body.append(
    h('h2', {}, say('shareSituations')),
    trouble.node,
    h(
      'ul',
      { class: 'choices' },
      ...situations.map((preset) =>
        h('li', {}, h('button', { type: 'button', class: 'choice', 'data-preset': preset.id, onclick: () => choose(preset) }, h('span', { class: 'words' }, h('b', {}, t(preset.labels)), h('small', {}, t(preset.purpose))))),
      ),
    ),
    button(say('shareOwn'), 'own', () => app.pick(undefined)),
  )
  return { nodes, refresh: () => usable(app) !== before && app.go('share') }
}

/** The papers that can be shared from now, to see that they have changed. */
function usable(app: App): string {
  return (app.papers ?? []).filter(inForce).map((p) => p.id).join()
}

/** Chooses the fields. Every one is off until it is chosen; what the situation needs
 * is asked for by its one button. */
export function pickScreen(app: App): Screen {
  const { catalog, papers = [], preset } = app
  if (!catalog) return { nodes: [bar(app, say('shareTitle'), 'share')] }
  const trouble = troubleBox()
  const { choice } = app.draft
  const level = app.session?.level ?? 1
  const sees = h('p', { 'data-sees': '' })
  const not = h('p', { 'data-sees-not': '' })
  const meter = h('div', { class: 'meter', 'aria-hidden': 'true' })
  const easeWords = h('p', { class: 'help', 'data-ease': '' })
  const audience = field('audience', say('shareFor'), say('shareForHelp'), { maxlength: 64, autocapitalize: 'off' })
  audience.input.value = app.draft.audience
  audience.input.addEventListener('input', () => (app.draft.audience = audience.input.value))
  const make = button(say('makeCode', { n: LIFETIME }), 'make', () => void attempt(make, trouble, code), { primary: true })
  const code = async () => {
    await app.makeCode(new Set(choice), audience.input.value.trim().normalize('NFC'), LIFETIME)
  }
  const tell = () => {
    sees.textContent = choice.size ? say('sees', { claims: listed(names(catalog, choice)) }) : say('seesNothing')
    const missing = choice.size ? unseen(catalog, choice) : []
    not.textContent = choice.size ? (missing.length ? say('seesNot', { claims: listed(missing) }) : say('seesNotOther')) : ''
    const n = ease(catalog, choice)
    meter.replaceChildren(...[1, 2, 3, 4, 5].map((i) => h('i', { class: i <= n ? 'full' : '' })))
    easeWords.textContent = say(n >= 4 ? 'scanEasy' : n === 3 ? 'scanFair' : 'scanHard')
    make.disabled = choice.size === 0
  }
  const row = (id: string) => {
    const found = findField(catalog, id)
    if (!found) return ''
    const notes = [stepUp(found.claim, level) && say('shareStepUp'), heavy(found.claim) && say('shareHeavy')].filter(Boolean).join(' · ')
    const input = h('input', {
      type: 'checkbox',
      role: 'switch',
      'data-claim': id,
      checked: choice.has(id),
      onchange: () => {
        if (input.checked) choice.add(id)
        else choice.delete(id)
        tell()
      },
    })
    return h('label', { class: 'switch' }, h('span', {}, t(found.claim.labels), notes && h('small', {}, notes)), input)
  }
  const section = (title: string, ids: readonly string[]) => (ids.length ? h('section', { class: 'group' }, h('h2', {}, title), ...ids.map(row)) : '')
  const offered = (id: string) => papers.some((p) => id.startsWith(p.document + '/') && inForce(p))
  const sections = preset
    ? [section(say('shareRequired'), fieldsOf(preset).required.filter(offered)), section(say('shareOptional'), fieldsOf(preset).optional.filter(offered))]
    : papers
        .filter((p) => inForce(p) && (!app.shareOnly || p.document === app.shareOnly))
        .map((p) => section(t(p.labels), catalog.documents.find((d) => d.id === p.document)?.claims.filter((c) => c.shareable).map((c) => `${p.document}/${c.id}`) ?? []))
  const gone = outOfForce(catalog, choice, papers)
  if (gone.length) {
    for (const id of [...choice]) if (gone.some((d) => id.startsWith(d.id + '/'))) choice.delete(id)
    trouble.say(say('shareGone', { papers: listed(gone.map((d) => t(d.labels))) }))
  }
  const before = usable(app)
  tell()
  const all = preset && button(say('shareAll'), 'required', () => {
    for (const input of document.querySelectorAll<HTMLInputElement>('.view input[data-claim]')) {
      if (!fieldsOf(preset).required.includes(input.dataset['claim']!) || input.checked) continue
      input.click()
    }
  })
  return {
    nodes: [
      bar(app, preset ? t(preset.labels) : say('shareTitle'), 'share'),
      h('div', { class: 'body' }, ...(all ? [all] : []), ...sections, audience.node),
      h('div', { class: 'actions' }, h('div', { class: 'box', role: 'status' }, sees, not, h('div', { class: 'ease' }, meter, easeWords)), trouble.node, make),
    ],
    refresh: () => usable(app) !== before && app.go('pick'),
  }
}
