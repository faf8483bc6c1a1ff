import { h } from '../shared/dom.js'
import { register } from '../shared/updates.js'

// The way into the wallet. What it shows is being built: until then it says so.

document.getElementById('app')!.replaceChildren(
  h(
    'div',
    { class: 'view' },
    h('h1', {}, 'Ví giấy tờ'),
    h('p', {}, 'Trang này đang được xây dựng. Chưa dùng được ở đây.'),
    h('p', { lang: 'en' }, 'This page is being built. It cannot be used yet.'),
  ),
)
void register(() => undefined)
